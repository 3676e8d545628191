import Glibc

/// The programs of other hands that stand beside ours: a witness and a second lock, both in Python from stock libraries alone.
struct Companions {
    let python: String
    let observer: String
    let mailbox: String
    let phone: String
    /// `nil` where the libraries it needs are not installed.
    let lock: String?

    private static let mailPackage = "python3-aiosmtpd"
    private static let packages = "sudo apt-get install python3-paho-mqtt python3-jwt python3-cryptography"

    /// - Parameter programs: the folder of our own programs; `Devices` is looked for beside it and upwards.
    init(programs: String) throws {
        let devices = try Self.devices(programs)
        python = "/usr/bin/python3"
        observer = "\(devices)/observer/observer.py"
        guard Self.has("paho.mqtt.client", python) else {
            throw Failure.refused(
                "the independent observer \(observer) cannot run: \(python) or its MQTT library is missing. Install them: \(Self.packages)")
        }
        mailbox = "\(devices)/mailbox/mailbox.py"
        guard Self.has("aiosmtpd.smtp", python) else {
            throw Failure.refused(
                "the mail server of the demo, \(mailbox), cannot run: \(Self.mailPackage) is missing. Install it: sudo apt-get install \(Self.mailPackage)"
            )
        }
        phone = "\(devices)/phone/phone.py"
        let lock = "\(devices)/python_lock/lock.py"
        self.lock = exists(lock) && Self.has("jwt, cryptography", python) ? lock : nil
    }

    private static func devices(_ programs: String) throws(Failure) -> String {
        if let given = getenv("KAZASU_DEVICES") {
            let path = absolute(String(cString: given))
            guard exists("\(path)/observer/observer.py") else {
                throw .refused("KAZASU_DEVICES is \(path), and there is no observer/observer.py in it. Name the project's Devices folder.")
            }
            return path
        }
        var place = programs
        while place != "/" {
            if exists("\(place)/Devices/observer/observer.py") { return "\(place)/Devices" }
            place = folder(of: place)
        }
        throw .refused(
            "the independent observer, Devices/observer/observer.py, is in no folder above \(programs). Name the project's Devices folder: KAZASU_DEVICES=…/Devices kazasu demo"
        )
    }

    private static func has(_ modules: String, _ python: String) -> Bool {
        guard let errand = try? Errand(ChildSpec("python", .service, program: python, arguments: ["-c", "import \(modules)"])) else {
            return false
        }
        while errand.code == nil {
            var polled = errand.interest
            poll(&polled, nfds_t(polled.count), 50)
            errand.look()
        }
        return errand.code == 0
    }
}
