import LaminaErrors
import ZipArchive

/// Names, kinds and modes of a layer's files: what Lambda does not unpack, and what the function's user may not read or run.
struct NameCheck {
    /// Linux's NAME_MAX, and PATH_MAX less `/opt/` and the closing zero byte.
    private static let nameLimit = 255
    private static let pathLimit = 4096 - 6

    let tree: LayerTree

    func findings() -> [Finding] {
        var findings: [Finding] = []
        var rules = PathRules()
        for path in tree.paths {
            guard let file = tree.files[path] else { continue }
            findings += lengthFindings(file)
            if file.kind == .special {
                findings.append(
                    Finding(
                        .specialFile, .error, path: path, reason: "is a device, pipe or socket, which a layer cannot hold",
                        fix: "leave it out"))
                continue
            }
            do {
                try rules.admit(path, file.kind)
                if file.kind == .symbolicLink { try PathRules.checkLink(path, target: file.linkTarget()) }
            } catch {
                findings.append(unsafe(path, error))
                continue
            }
            findings += modeFindings(file)
        }
        do {
            try rules.checkParents()
        } catch {
            findings.append(unsafe("", error))
        }
        return findings + caseFindings()
    }

    private func unsafe(_ path: String, _ error: any Error) -> Finding {
        Finding(
            .unsafePath, .error, path: path, reason: (error as? LaminaError)?.message ?? "\(error)",
            fix: "zip the folder's contents from inside it, so that all names are relative")
    }

    private func lengthFindings(_ file: LayerFile) -> [Finding] {
        let longest = file.path.utf8.split(separator: UInt8(ascii: "/")).map(\.count).max() ?? 0
        guard longest > Self.nameLimit || file.path.utf8.count > Self.pathLimit else { return [] }
        let reason =
            longest > Self.nameLimit
            ? "has a name of \(longest) bytes; Linux allows \(Self.nameLimit)"
            : "is a path of \(file.path.utf8.count) bytes; at /opt \(Self.pathLimit) fit"
        return [Finding(.pathTooLong, .error, path: file.path, reason: reason, fix: "give it a shorter name")]
    }

    private func modeFindings(_ file: LayerFile) -> [Finding] {
        if file.kind == .symbolicLink {
            guard !tree.leadsSomewhere(file.path) else { return [] }
            return [
                Finding(
                    .brokenLink, .warning, path: file.path, reason: "is a symlink that leads to nothing in the layer",
                    fix: "put in what it points to, or leave it out")
            ]
        }
        let wanted: UInt16 = file.kind == .directory ? 0o005 : 0o004
        guard file.permissions & wanted != wanted else { return executableFinding(file) }
        var isInFolder = false
        if case .file = file.content.source { isInFolder = true }
        let mode = String(file.permissions & 0o777, radix: 8)
        return [
            Finding(
                .notReadable, isInFolder ? .warning : .error, path: file.path,
                reason: "has the mode 0\(mode), and functions run as another user than its owner"
                    + (isInFolder ? "; lamina publish gives it a readable one, zip keeps it" : ""),
                fix: "chmod o+\(file.kind == .directory ? "rx" : "r") it before zipping")
        ]
    }

    /// Programs are what is in `extensions/`, a `bootstrap`, and in `bin/` what begins as a program does.
    private func executableFinding(_ file: LayerFile) -> [Finding] {
        let parts = file.path.split(separator: "/")
        let isExtension = parts.count == 2 && parts[0] == "extensions"
        let mayBeProgram = parts.count == 2 && parts[0] == "bin"
        guard file.kind == .file, isExtension || mayBeProgram || file.path == "bootstrap", file.permissions & 0o001 == 0,
            !mayBeProgram || Self.beginsAsProgram(file)
        else { return [] }
        return [
            Finding(
                .notExecutable, .error, path: file.path, reason: "is a program without permission to be run",
                fix: "chmod +x it before zipping")
        ]
    }

    private static func beginsAsProgram(_ file: LayerFile) -> Bool {
        guard let start = try? ContentStream().prefix(4, of: file.content) else { return false }
        return start.starts(with: "#!".utf8) || start.starts(with: [0x7f, 0x45, 0x4c, 0x46])
    }

    private func caseFindings() -> [Finding] {
        var seen: [String: String] = [:]
        return tree.paths.compactMap { path in
            guard let other = seen.updateValue(path, forKey: path.lowercased()) else { return nil }
            return Finding(
                .caseCollision, .warning, path: path, subject: other, reason: "differs from \(other) by case alone",
                fix: "rename one of them: macOS and Windows unpack them into one")
        }
    }
}
