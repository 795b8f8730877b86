/// What Debian calls the package of a shared library (Debian Policy 8.1): the soname with its dots and capitals changed, `libGL.so.1` in
/// `libgl1`, `libX11.so.6` in `libx11-6`.
enum SharedLibraryPackageNames {
    /// Those that keep a name from before the rule, or share a package.
    private static let exceptions = [
        "libGLdispatch.so.0": "libglvnd0",
        "libgio-2.0.so.0": "libglib2.0-0",
        "libglib-2.0.so.0": "libglib2.0-0",
        "libgmodule-2.0.so.0": "libglib2.0-0",
        "libgobject-2.0.so.0": "libglib2.0-0",
        "libgthread-2.0.so.0": "libglib2.0-0",
        "libjpeg.so.62": "libjpeg62-turbo",
        "libz.so.1": "zlib1g",
    ]

    /// The names that a library's package may have, the likeliest first. Each is a guess, to be looked up.
    static func candidates(_ soname: String) -> [String] {
        guard let name = exceptions[soname] ?? byRule(soname) else { return [] }
        // What was rebuilt for 64-bit times on 32-bit machines (2024) has the ending on all.
        return [name, name + "t64"]
    }

    /// Whether a package's name has the letters that a soname begins with: `libjack-jackd2-0` and `libjack.so.0`.
    static func resembles(_ package: String, _ soname: String) -> Bool {
        let stem = soname.trimmingPrefix("lib").prefix(while: \.isLetter).lowercased()
        return !stem.isEmpty && package.contains(stem)
    }

    private static func byRule(_ soname: String) -> String? {
        var name: Substring
        let version: Substring
        if let range = soname.firstRange(of: ".so.") {
            (name, version) = (soname[..<range.lowerBound], soname[range.upperBound...])
        } else if soname.hasSuffix(".so"), let dash = soname.lastIndex(of: "-") {
            // libdb-5.3.so
            (name, version) = (soname[..<dash], soname[soname.index(after: dash)...].dropLast(3))
        } else {
            return nil
        }
        if let last = name.last, last.isNumber { name += "-" }
        let text = (name + version).lowercased().replacing("_", with: "-")
        // Debian Policy 5.6.7; it also keeps the text from being an option of apt's.
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "+-.".utf8.contains(byte)
            }
        }
        return isName && text.hasPrefix("lib") ? text : nil
    }
}
