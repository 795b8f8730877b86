import ZipArchive

/// Reads an archive as a publish does, and then every entry of it.
func feedZip(_ bytes: UnsafeRawBufferPointer) {
    guard let reader = try? ZipReader(Array(bytes)) else { return }
    try? reader.checkExtractable()
    if reader.totalSize <= 1 << 20 { try? reader.verifyContents() }
    // A bomb may declare more than any test should take.
    for entry in reader.entries where entry.size <= 1 << 20 { _ = try? reader.read(entry) }
}
