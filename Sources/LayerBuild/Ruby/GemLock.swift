/// What a build reads of a Gemfile.lock.
struct GemLock: Sendable {
    /// Folders of gems of this machine, relative to the lock.
    private(set) var localPaths: [String] = []
    private(set) var platforms: Set<String> = []
    /// The Ruby that the Gemfile asked for, as in `3.3.1`.
    private(set) var rubyVersion: String?

    init(_ text: String) {
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            guard line.first == " " else {
                section = String(line)
                continue
            }
            switch (section, words.first) {
            case ("PATH", "remote:"): localPaths.append(words.dropFirst().joined(separator: " "))
            case ("PLATFORMS", let platform?): platforms.insert(String(platform))
            case ("RUBY VERSION", "ruby"): rubyVersion = words.dropFirst().first.map { String($0.prefix { $0.isNumber || $0 == "." }) }
            default: break
            }
        }
    }

    /// Whether the lock chose gems for the platform; Bundler 2.5 and later name the C library too.
    func has(_ platform: String) -> Bool { platforms.contains(platform) || platforms.contains("\(platform)-gnu") }
}
