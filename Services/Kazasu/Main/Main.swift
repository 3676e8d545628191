import Kazasu

/// `kazasu`: what a person runs a town with.
@main struct Main {
    static func main() { Kazasu.main() }
}
