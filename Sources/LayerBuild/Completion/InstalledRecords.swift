import Checksum
import Foundation
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

/// The RECORD files of installed Python packages, kept true when files of theirs change.
enum InstalledRecords {
    /// Bytes of a RECORD that are read.
    private static let limit = 1 << 26

    /// Records a changed file anew.
    static func update(_ path: String, to file: FilePath, in content: inout LayerContent) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: file.string), options: .mappedIfSafe)
        try change(&content) { record, site in
            record.replace(WheelRecord.path(path, from: site), digest: SHA256Digest(of: data), size: data.count)
        }
    }

    /// Takes files out of the records that name them.
    static func remove(_ paths: Set<String>, from content: inout LayerContent) throws {
        try change(&content) { record, site in
            record.drop(paths.map { WheelRecord.path($0, from: site) })
        }
    }

    /// Both's lines, where two RECORDs agree on what both name; nil for other files, and for those that disagree.
    static func merged(_ one: ZipContent, _ other: ZipContent) throws -> String? {
        guard one.path.hasSuffix(".dist-info/RECORD"), max(one.size, other.size) <= limit else { return nil }
        var record = try WheelRecord(String(decoding: one.bytes(), as: UTF8.self))
        return record.merge(try WheelRecord(String(decoding: other.bytes(), as: UTF8.self))) ? record.text : nil
    }

    private static func change(_ content: inout LayerContent, _ body: (inout WheelRecord, _ site: String) -> Void) throws {
        for index in content.entries.indices where content.entries[index].path.hasSuffix(".dist-info/RECORD") {
            let entry = content.entries[index]
            guard entry.size <= limit else { continue }
            let site = entry.path.split(separator: "/").dropLast(2).joined(separator: "/")
            var record = try WheelRecord(String(decoding: entry.bytes(), as: UTF8.self))
            let before = record.text
            body(&record, site)
            guard record.text != before else { continue }
            content.entries[index].source = .bytes(Array(record.text.utf8))
        }
    }
}
