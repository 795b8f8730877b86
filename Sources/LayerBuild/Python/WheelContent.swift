import Checksum
import LaminaErrors
import ZipArchive

/// A wheel as it is installed into a layer (PEP 427, "Installing a wheel"): its compressed entries stay where they are.
struct WheelContent: Sendable {
    let filename: WheelFilename
    let target: PythonTarget
    let layout: PythonLayout
    private(set) var entries: [ZipContent] = []
    /// `*.dist-info` as the wheel has it.
    let distInfo: String

    private let wheel: ZipReader
    /// Where an entry of the wheel is to be had in fewer bytes, by its path.
    private let tighter: [String: ZipContent.Source]
    /// Installed path in the layer by the wheel's own path, for the record.
    private var moved: [String: String] = [:]
    /// Files whose bytes differ from the wheel's, by their path in the layer.
    private var rewritten: [String: [UInt8]] = [:]

    /// - Throws: ``LaminaError`` `corrupt` or `unsafe` for what is no wheel.
    init(_ wheel: ZipReader, tighter: ZipReader? = nil, filename: WheelFilename, target: PythonTarget, layout: PythonLayout) throws {
        self.wheel = wheel
        self.tighter = Self.sources(tighter, smallerThan: wheel)
        self.filename = filename
        self.target = target
        self.layout = layout
        try PathRules.check(wheel.entries)
        guard
            let metadata = wheel.entries.first(where: { $0.path.hasSuffix(".dist-info/WHEEL") && $0.path.split(separator: "/").count == 2 })
        else { throw LaminaError(.corrupt, "\(filename.text) has no dist-info/WHEEL") }
        distInfo = String(metadata.path.dropLast("/WHEEL".count))
        try place()
        try addConsoleScripts()
    }

    /// Where each file of the wheel lies in the layer, by its path in the wheel.
    var installedPaths: [String: String] {
        Dictionary(wheel.entries.map { ($0.path, moved[$0.path] ?? "\(site)/\($0.path)") }, uniquingKeysWith: { first, _ in first })
    }

    /// Signatures over the RECORD, which do not hold for a changed one.
    private var recordSignatures: [String] { ["\(distInfo)/RECORD.jws", "\(distInfo)/RECORD.p7s"] }

    private var site: String { layout.siteFolder(minor: target.minor) }

    private mutating func place() throws {
        let skipped = recordSignatures + ["\(distInfo)/RECORD"]
        for entry in wheel.entries where entry.kind != .directory && !skipped.contains(entry.path) {
            let destination = try destination(of: entry.path)
            if destination != "\(site)/\(entry.path)" { moved[entry.path] = destination }
            let isScript = destination.hasPrefix("bin/")
            if isScript, let script = try rewriteShebang(entry) {
                rewritten[destination] = script
                entries.append(ZipContent(path: destination, isExecutable: true, source: .bytes(script)))
            } else if entry.kind == .symbolicLink {
                entries.append(ZipContent(path: destination, source: .symbolicLink(String(decoding: try wheel.read(entry), as: UTF8.self))))
            } else {
                entries.append(
                    ZipContent(
                        path: destination, isExecutable: isScript || entry.permissions & 0o111 != 0,
                        source: tighter[entry.path] ?? .transplant(wheel, entry)))
            }
        }
    }

    private static func sources(_ tighter: ZipReader?, smallerThan wheel: ZipReader) -> [String: ZipContent.Source] {
        guard let tighter else { return [:] }
        let sizes = Dictionary(wheel.entries.map { ($0.path, $0.compressedSize) }, uniquingKeysWith: { first, _ in first })
        let smaller = tighter.entries.filter { $0.compressedSize < sizes[$0.path] ?? 0 }
        return Dictionary(uniqueKeysWithValues: smaller.map { ($0.path, .transplant(tighter, $0)) })
    }

    /// Where a file goes: the site folder, or where its `.data` scheme says. The layer's root stands for the prefix.
    private func destination(of path: String) throws -> String {
        let parts = path.split(separator: "/", maxSplits: 2)
        guard parts.count == 3, parts[0].hasSuffix(".data") else { return "\(site)/\(path)" }
        switch parts[1] {
        case "purelib", "platlib": return "\(site)/\(parts[2])"
        case "scripts": return "bin/\(parts[2])"
        case "data": return String(parts[2])
        case "headers": return "include/python3.\(target.minor)/\(filename.distribution)/\(parts[2])"
        default: throw LaminaError(.unsupported, "\(filename.text): \(path) belongs to the unknown scheme '\(parts[1])'")
        }
    }

    /// A script that begins with `#!python` begins with the runtime's interpreter in a layer.
    private func rewriteShebang(_ entry: ZipEntry) throws -> [UInt8]? {
        guard entry.size < 1 << 20 else { return nil }
        let bytes = try wheel.read(entry)
        guard bytes.starts(with: Array("#!python".utf8)) else { return nil }
        let rest = bytes.drop { $0 != UInt8(ascii: "\n") }
        return Array("#!\(interpreter)".utf8) + rest
    }

    private var interpreter: String { "/var/lang/bin/python3.\(target.minor)" }

    private mutating func addConsoleScripts() throws {
        guard let entry = wheel.entries.first(where: { $0.path == "\(distInfo)/entry_points.txt" }) else { return }
        for script in EntryPoints(String(decoding: try wheel.read(entry, limit: 1 << 20), as: UTF8.self)).scripts {
            let path = "bin/\(script.name)"
            guard rewritten[path] == nil else { continue }
            let text = Array(script.text(interpreter: interpreter).utf8)
            rewritten[path] = text
            entries.append(ZipContent(path: path, isExecutable: true, source: .bytes(text)))
        }
    }

    /// Adds compiled modules, given by their path below the site folder, and closes with a RECORD that names every file.
    mutating func finish(bytecode: ZipReader?) throws {
        var compiled: [String] = []
        for entry in bytecode?.entries ?? [] {
            compiled.append(entry.path)
            if let bytecode { entries.append(ZipContent(path: "\(site)/\(entry.path)", source: .transplant(bytecode, entry))) }
        }
        guard let entry = wheel.entries.first(where: { $0.path == "\(distInfo)/RECORD" }) else {
            throw LaminaError(.corrupt, "\(filename.text) has no dist-info/RECORD")
        }
        let path = "\(site)/\(entry.path)"
        guard !moved.isEmpty || !rewritten.isEmpty || !compiled.isEmpty else {
            entries.append(ZipContent(path: path, source: .transplant(wheel, entry)))
            return
        }
        var record = try WheelRecord(String(decoding: wheel.read(entry, limit: 1 << 26), as: UTF8.self))
        record.drop(recordSignatures)
        for (original, destination) in moved { record.move(original, to: WheelRecord.path(destination, from: site)) }
        for (destination, bytes) in rewritten { record.set(WheelRecord.path(destination, from: site), to: bytes) }
        for path in compiled { record.add(path) }
        entries.append(ZipContent(path: path, source: .bytes(Array(record.text.utf8))))
    }
}
