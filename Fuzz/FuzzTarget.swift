import Foundation

/// What the fuzzer feeds, named by the variable `FUZZ_TARGET`.
///
/// A target takes any bytes: it may refuse them with an error, and must neither trap, hang, nor take much memory.
enum FuzzTarget: String {
    case zip, signature, chunks, json, syntax, elf, imports

    /// The one of this run; a wrong name ends it.
    static let current: FuzzTarget = {
        let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
        guard let target = FuzzTarget(rawValue: name) else {
            FileHandle.standardError.write(
                Data("FUZZ_TARGET is zip, signature, chunks, json, syntax, elf or imports, not '\(name)'\n".utf8))
            exit(64)
        }
        return target
    }()

    func feed(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .zip: feedZip(bytes)
        case .signature: feedSignature(bytes)
        case .chunks: feedChunks(bytes)
        case .json: feedJSON(bytes)
        case .syntax: feedSyntax(bytes)
        case .elf: feedELF(bytes)
        case .imports: feedImports(bytes)
        }
    }
}

/// libFuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    FuzzTarget.current.feed(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
