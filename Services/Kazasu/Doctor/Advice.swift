import Contracts

/// What a problem means: in Japanese what it is, and in both languages what residents notice and what to do next.
struct Advice {
    let what: String
    let effect: Phrase
    let next: Phrase

    private init(_ what: String, _ effect: (String, String), _ next: (String, String)) {
        self.what = what
        (self.effect, self.next) = (Phrase(effect.0, effect.1), Phrase(next.0, next.1))
    }

    private static let nothing = ("nothing yet", "今のところ影響はありません")
    private static let stale = ("something newest is missing at this service", "このサービスに最新の情報が一部届いていません")

    /// `nil` for a code of another version: its own sentence has to do.
    static func on(_ code: String) -> Advice? { table[code] ?? (code == "alarm" || code.hasPrefix("alarm-") ? alarm : nil) }

    /// Every code that has an entry, and `alarm` for all alarms of doors.
    static var codes: [String] { table.keys.sorted() + ["alarm"] }

    private static let alarm = Advice(
        "扉または錠に異常があります", ("the door may stand open, or not open", "扉が開いたまま、または開かない可能性があります"),
        ("look at the door, then: kazasu door ack", "扉を確認し、kazasu door ack で記録してください"))

    private static let table: [String: Advice] = [
        // The machine's own.
        "backup-failed": Advice(
            "バックアップに失敗しました", nothing, ("see the sentence, then: kazasu backup", "理由を確認し、kazasu backup を実行してください")),
        "backup-old": Advice(
            "バックアップが古いか、ありません", nothing, ("kazasu backup", "kazasu backup を実行してください")),
        "trial-failed": Advice(
            "バックアップの復元訓練に失敗しました", nothing,
            (
                "kazasu backup, then kazasu backup try; if it fails again, another disk",
                "kazasu backup と kazasu backup try を実行し、再び失敗すれば保存先のディスクを交換してください"
            )),
        "untried": Advice(
            "復元訓練が10日以上行われていません", nothing, ("kazasu backup try", "kazasu backup try を実行してください")),
        "audit-altered": Advice(
            "操作記録が書き換えられています", nothing,
            (
                "keep everything as it is; kazasu audit verify --backups says which entry; call whoever answers for security",
                "何も変更せず、kazasu audit verify --backups で該当の記録を確認し、情報セキュリティの責任者に連絡してください"
            )),
        "drill-failed": Advice(
            "訓練がうまくいきませんでした", nothing, ("see the sentence, mend it, and practise again", "理由を確認して直し、もう一度訓練してください")),
        "disk": Advice(
            "ディスクの空きが少なくなっています", ("none yet; when it is full, cards are refused", "満杯になるとカードを受け付けなくなります"),
            ("free some space, or a larger disk", "不要なファイルを消すか、ディスクを大きくしてください")),
        "time": Advice(
            "この機械の時計がNTPに同期していません", ("doors refuse cards when clocks differ", "時計がずれると扉が開かなくなります"),
            ("look at the time service: timedatectl", "timedatectl で時刻同期を確認してください")),
        "certificate": Advice(
            "証明書の期限が近づいています", ("none yet; after that nothing connects", "期限を過ぎると接続できなくなります"),
            (
                "start the town again: kazasu up renews its own; for another machine: kazasu provision KIND NAME --renew",
                "町を再起動すると自分の証明書は更新されます。別の機器は kazasu provision 種類 名前 --renew"
            )),
        "versions": Advice(
            "プログラムの版がそろっていません", nothing, ("install one version everywhere", "すべての機器に同じ版を入れてください")),
        "no-clock": Advice(
            "この機械は起動後に時刻を受け取っていません", ("doors there refuse cards; times are missing", "そこの扉はカードを拒否し、時刻が記録されません"),
            ("network for NTP, or a battery for its clock", "NTPのための通信を確認するか、時計用の電池を付けてください")),
        "clock-off": Advice(
            "時計がずれています", ("times are noted wrongly; where they jump, doors refuse cards", "時刻が誤って記録され、急に変わると扉がカードを拒否します"),
            ("NTP at that machine: timedatectl", "その機械の時刻同期を timedatectl で確認してください")),
        "no-broker": Advice(
            "ブローカーに接続できません", ("nothing works but readers, locks and sites on their own", "リーダー・錠・拠点の単独動作以外は止まっています"),
            ("does the town run? kazasu up, and data/log/up.log", "kazasu up が動いているか、data/log/up.log を確認してください")),
        "broker-settings": Advice(
            "ブローカーの設定が変わっています", ("the town may be slow, or forget more in a power cut", "動作が遅くなるか、停電時の再送が増えます"),
            ("start the town again: kazasu up writes them anew", "kazasu up で起動し直してください(設定が書き直されます)")),
        "broker-dropped": Advice(
            "ブローカーがメッセージを捨てました", ("nothing is lost; it is asked for again and comes late", "失われず再送されますが、届くのが遅れます"),
            ("which process is silent? kazasu doctor", "応答のない機器を kazasu doctor で確認してください")),
        "stray": Advice(
            "町の設定にない機器の情報がブローカーに残っています", ("old states may be shown", "古い状態が表示されることがあります"),
            (
                "if it was taken out on purpose: stop the town, remove data/broker/memory/mosquitto.db, start it again",
                "意図した撤去なら、停止して data/broker/memory/mosquitto.db を消し、起動し直してください"
            )),
        "lag": Advice(
            "届いていない記録があり、再送を求めています", stale,
            ("look again in a minute; then: kazasu gap list", "1分後に再確認し、残る場合は kazasu gap list を確認してください")),
        // Readers.
        "pcscd": Advice(
            "カードリーダーに接続できません", ("cards are not read there", "そこではカードが読めません"),
            ("systemctl status pcscd; start it", "systemctl status pcscd を確認し、起動してください")),
        "reader-missing": Advice(
            "リーダーがつながっていません", ("cards are not read there", "そこではカードが読めません"), ("look at its cable", "ケーブルを確認してください")),
        "reader-failed": Advice(
            "リーダーが動作していません", ("cards are not read there", "そこではカードが読めません"),
            ("unplug it and plug it in again", "抜き差ししてください")),
        "journal-filling": Advice(
            "未送信の記録がたまっています", nothing, ("bring the network back", "通信を復旧してください")),
        "journal-full": Advice(
            "未送信の記録が上限に達しました", ("cards are turned away", "カードを受け付けません"), ("bring the network back", "通信を復旧してください")),
        // Doors.
        "lock-lost": Advice(
            "錠と通信できません", ("this door opens for nobody", "この扉は誰にも開きません"),
            ("power and network of the lock; the key of metal", "錠の電源と通信を確認してください(物理鍵を使用)")),
        "no-town": Advice(
            "拠点から役場に接続できません", ("what was booked or cancelled since is not known there", "それ以降の予約・取消が拠点に届いていません"),
            ("the line between site and town", "回線を確認してください")),
        "lease-none": Advice(
            "錠が通信断用の権限を持っていません", ("cut off, this door opens for nobody", "通信が切れるとこの扉は開きません"),
            ("is the lock set up with its door key?", "錠に扉の鍵ファイルが設定されているか確認してください")),
        "lease-full": Advice(
            "通信断用の権限に入りきらないカードがあります", ("cut off, those cards do not open it", "通信が切れると一部のカードで開きません"),
            ("fewer cards with a right at this door", "この扉に権限を持つカードを減らしてください")),
        "lease-ending": Advice(
            "通信断用の権限の期限が近づいています", ("after that it opens online only", "期限後は通信中しか開きません"), ("the lock's network", "錠の通信を確認してください")),
        "keypad-locked": Advice(
            "誤った暗証番号が続き、テンキーを停止しました", ("codes do not open this door for a while", "しばらく暗証番号では開きません"),
            ("see who stands there; cards work", "現地を確認してください。カードは使えます")),
        "locker-stuck": Advice(
            "ロッカーの扉が開きませんでした", ("an item cannot be taken out", "品物を取り出せません"),
            ("look into it, then: kazasu locker take-back or release", "中を確認し、kazasu locker take-back または release を実行してください")),
        "alarms": Advice(
            "ほかにも扉の警報があります", ("doors may stand open, or not open", "扉が開いたまま、または開かない可能性があります"),
            ("kazasu door alarms", "kazasu door alarms を確認してください")),
        "disaster": Advice(
            "災害モードの発動中、または提案中です", ("doors follow the plan", "扉は計画どおりに動作します"), ("kazasu disaster status", "kazasu disaster status を確認してください")
        ),
        "drill": Advice("避難所で訓練中です", ("a rehearsal is on", "訓練中です"), ("nothing, if it is meant", "予定どおりなら対応は不要です")),
        "people-at-closed-shelter": Advice(
            "閉鎖した避難所に人が残っています", ("they are counted where they are not", "人数が実際と異なります"),
            ("kazasu shelter open, or move", "kazasu shelter open または move を実行してください")),
        "clock-differs": Advice(
            "避難所の端末の時計がずれています", ("times of coming and going are off", "入退所の時刻がずれます"), ("NTP at that machine", "その端末の時刻同期を確認してください")),
        "notes-ahead": Advice(
            "未来の時刻で記録された入退所があります", ("somebody may be noted at the wrong shelter", "避難先が誤って記録されている人がいるかもしれません"),
            ("look through who was checked in there", "その避難所の受付を確認してください")),
        // Shelters, receptions, notices, figures.
        "shelter-silent": Advice(
            "避難所から連絡がありません", ("its numbers are old", "その避難所の人数は古い値です"), ("power, network and laptop there", "現地の電源・通信・端末を確認してください")),
        "reception-conflicts": Advice(
            "二重の受付が未解決です", ("somebody was received twice", "二度受け付けられた人がいます"),
            ("ask at both tables, then: kazasu reception settle", "両方の窓口で確認し、kazasu reception settle を実行してください")),
        "backlog": Advice(
            "通知を送信できていません", ("messages come late", "通知が遅れています"),
            ("the mail server; kazasu notice status", "メールサーバーと kazasu notice status を確認してください")),
        "perhaps-told": Advice(
            "復元前に送信済みか不明な通知があります", ("somebody may not have been told", "届いていない人がいるかもしれません"),
            ("kazasu notice status, then kazasu notice follow-up", "kazasu notice status を確認し、kazasu notice follow-up で記録してください")),
        "gate-silent": Advice(
            "校門のリーダーから連絡がありません", ("parents are not told who has come", "登下校が保護者に届きません"),
            ("power, network and readers at the gate", "校門の電源・通信・リーダーを確認してください")),
        "odd-taps": Advice(
            "集計に入らない記録があります", ("numbers lack some taps", "統計に一部の記録が入っていません"),
            ("network or clock of the machine named", "名前の出ている機器の通信か時計を確認してください")),
        // Any process.
        "copy": Advice(
            "バックアップ用の複製に失敗しました", nothing, ("space on its disk, then: kazasu backup", "ディスクの空きを確認し、kazasu backup を実行してください")),
        "dead-letters": Advice("受け取れなかったメッセージがあります", stale, ("kazasu dead list", "kazasu dead list を確認してください")),
        "lost": Advice(
            "相手が失った記録があり、届きません", stale, ("kazasu gap list, then kazasu gap close", "kazasu gap list を確認し、kazasu gap close で閉じてください")),
        "orphaned": Advice(
            "相手が復元され、適用済みの記録が相手に残っていません", nothing,
            ("kazasu gap list, then kazasu gap close", "kazasu gap list を確認し、kazasu gap close で閉じてください")),
        "unknown": Advice(
            "復元により不明になった人または権利があります", ("those people are refused", "該当する人は拒否されます"),
            ("kazasu person tell-again", "kazasu person tell-again を実行してください")),
        "denied": Advice("再送を拒否されました", stale, ("install one version everywhere", "すべての機器に同じ版を入れてください")),
        "refused": Advice("ブローカーがメッセージを拒否しました", stale, ("start the town again with programs of one version", "同じ版のプログラムで起動し直してください")),
        "conflict": Advice(
            "同じ番号の異なる記録があります", stale, ("does one agent run twice? Stop one", "同じ名前の機器が二台動いていないか確認し、一方を止めてください")),
        "version": Advice("読めない版の記録があります", stale, ("replace the older program", "古い方のプログラムを更新してください")),
        "sessions": Advice(
            "ブローカーがセッションを保持していません", nothing, ("the broker's configuration: persistent sessions on", "ブローカーの設定(永続セッション)を確認してください")),
        "journal": Advice(
            "記録を読み出せません", ("nothing leaves this service", "このサービスから何も送られません"),
            ("put the last backup back, or its vault.key", "バックアップまたは vault.key を戻してください")),
        "links-asked": Advice(
            "わたしのページのリンクや確認の数字の申し込みが多すぎます",
            ("no links to own pages or codes for addresses are sent; codes of kiosks work", "わたしのページのリンクや確認の数字を送れません(案内端末のコードは使えます)"),
            ("where from is in the proxy's log; it is over by itself", "プロキシの記録で送り元を調べてください。収まれば自動で再開します")),
        "passwords-tried": Advice(
            "誰かがパスワードを試しています", nothing,
            ("ask whether it was they; where from is in the proxy's log", "本人に確かめ、違えばプロキシの記録で送り元を調べてください")),
        "store": Advice(
            "データベースに書き込めません", ("what needs this service does not work", "このサービスの機能が止まっています"), ("its disk", "ディスクを確認してください")),
    ]

    /// What residents notice while a process does not run, and what to do.
    static func down(_ role: Role) -> Advice {
        let effect: (String, String) =
            switch role {
            case .readerAgent: ("cards are not read there", "そこではカードが読めません")
            case .lockController: ("doors open for nobody", "扉が開きません")
            case .lock, .keypad: ("this door opens for nobody", "この扉は開きません")
            case .lockDriver: ("locks from the shop do not open", "市販の錠が開きません")
            case .residentDirectory: ("cards and people cannot be entered or changed", "カードや住民の登録・変更ができません")
            case .shelterRegistry: ("nobody can be checked in at shelters but on paper", "避難所の受付は紙でしかできません")
            case .points: ("points cannot be paid or given", "ポイントの付与・支払ができません")
            case .notifier: ("nobody is told anything", "通知が送られません")
            case .reception: ("receptions work on paper only", "受付は紙でしかできません")
            case .analytics: ("nothing yet; numbers are old", "統計の数字が古くなります")
            case .portal: ("there are no pages; the command line works", "画面が開きません(kazasu コマンドは使えます)")
            default: nothing
            }
        return Advice(
            "動作していません", effect,
            ("is its machine on? Then the process's last line: data/log/up.log", "機械の電源を確認し、data/log/up.log の最後の行を見てください"))
    }
}
