import LambdaModel

extension FolderCheck {
    /// Of Ruby's interface, as folders are named after it: 3.3.0 for any Ruby 3.3.
    var rubyVersion: String { "\(runtime.version).0" }

    /// Gems anywhere but in `ruby/gems/VERSION`, which GEM_PATH names.
    func rubyRules(_ top: Set<Substring>) -> [[Finding]] {
        let versions = Set(tree.paths.compactMap { $0.hasPrefix("ruby/gems/") ? $0.split(separator: "/").dropFirst(2).first : nil })
        let isVersion: (Substring) -> Bool = { $0.first?.isNumber == true }
        let loose = ["gems", "vendor/bundle", "ruby/vendor", "ruby/\(rubyVersion)", "ruby/ruby"].first { tree.hasFolder($0) }
        return [
            loose.map {
                misplaced(
                    $0, "is not on GEM_PATH of \(runtime), which has /opt/ruby/gems/\(rubyVersion)",
                    "move gems/ and specifications/ into ruby/gems/\(rubyVersion)/, or use lamina build")
            } ?? [],
            versions.contains { !isVersion($0) } && !versions.contains(rubyVersion[...])
                ? misplaced(
                    "ruby/gems", "has no folder \(rubyVersion)/, which GEM_PATH of \(runtime) names",
                    "move gems/ and specifications/ into ruby/gems/\(rubyVersion)/") : [],
            versions.contains(rubyVersion[...])
                ? []
                : otherVersion(
                    versions.min(), in: "ruby/gems",
                    "is for another Ruby than \(runtime), whose GEM_PATH has ruby/gems/\(rubyVersion)",
                    "build for \(runtime)"),
        ]
    }
}
