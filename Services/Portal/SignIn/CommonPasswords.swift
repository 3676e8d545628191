/// Of which most passwords in published leaks consist, and what Japanese people choose among that. The longest first: `password` goes before `pass`.
let commonPasswords: [String] = commonWords.split(whereSeparator: \.isWhitespace).map(String.init).sorted {
    $0.count != $1.count ? $0.count > $1.count : $0 < $1
}

private let commonWords = """
    1234567890 123456789 12345678 1234567 123456 12345 1234 0123456789 0987654321 987654321 87654321 7654321 654321 54321 4321
    123123 121212 112233 102030 147258369 159357 159753 789456123 456789 789456 131313 232323 246810 135790 147852 1q2w3e4r5t
    1q2w3e4r 1q2w3e 1qaz2wsx 1qazxsw2 1qaz 2wsx 3edc 4rfv zaq12wsx qazwsxedc qazwsx zaqxsw qwertyuiop qwerty123 qwerty qwertz
    azerty asdfghjkl asdfgh asdf zxcvbnm zxcvbn zxcv qweasdzxc qweasd qwe123 q1w2e3r4 q1w2e3 abcdefghijkl abcdefgh abcdefg abcdef
    abcd1234 abc123 abcd password passw0rd p@ssw0rd p@ssword pa$$word passwort passwd pass1234 pass passcode passphrase secret
    letmein welcome administrator administration admin root superuser user guest test testing default changeme change login master
    access system server computer internet network security private public office manager service support hello whatever nothing
    freedom trustno1 iloveyou loveyou love forever princess angel sunshine flower butterfly summer winter spring autumn monkey
    dragon tiger lion eagle shadow phoenix killer hunter ninja superman batman pokemon pikachu starwars football baseball soccer
    basketball hockey sakura himawari momiji fujisan nihon japan tokyo osaka kyoto nagoya yamagata sendai doraemon anpanman totoro
    naruto onepiece arigatou ohayou konnichiwa daisuki aishiteru kawaii nyanko wanko yamada tanaka suzuki satou takahashi watanabe
    hanako tarou shiyakusho yakuba yakusho chouchou bousai hinanjo shimin juumin kanri kanrisha パスワード ぱすわーど さくら 桜 ありがとう 市役所 役場 防災
    避難所 reiwa heisei showa
    """
