import LayerCheck

extension Finding {
    /// The finding with a fix that still helps when a completion has done what it could.
    ///
    /// - Parameter missing: Sonames that the completion's source has not.
    func afterCompletion(from origin: LibraryOrigin?, missing: Set<String>) -> Finding {
        guard let origin, code == .missingLibrary, severity == .error, let subject, missing.contains(subject) else { return self }
        var finding = self
        let (source, other) =
            switch origin {
            case .apt: ("apt has no package with \(subject)", "an RPM repository")
            case .repository: ("the repository has no package with \(subject)", "another one")
            }
        finding.fix =
            "\(source): name \(other) with --complete-from, give the file itself as a source for lib/, or take a package that does without it"
        return finding
    }
}
