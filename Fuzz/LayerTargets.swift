import ELFFile
import LayerCheck

/// Reads an ELF file as a whole and as it streams by, which has to come to the same.
func feedELF(_ bytes: UnsafeRawBufferPointer) {
    let whole = try? ELFFile(bytes)
    _ = try? ELFFile.hasAlignedSegments(bytes)
    var scan = ELFScan(count: bytes.count)
    while true {
        var goesOn = true
        for start in stride(from: 0, to: bytes.count, by: 1000) where goesOn {
            goesOn = scan.take(UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + 1000)]))
        }
        switch try? scan.finish() {
        case .again?: continue
        case .file(let file)?: precondition(file == whole, "a stream reads otherwise")
        case nil: precondition(whole == nil, "a stream cannot be read")
        }
        return
    }
}

/// Looks for the import statements of a Python module.
func feedImports(_ bytes: UnsafeRawBufferPointer) {
    let imports = PythonImports(String(decoding: bytes, as: UTF8.self), package: "a.b").imports
    precondition(imports.count <= bytes.count, "more imports than letters")
}
