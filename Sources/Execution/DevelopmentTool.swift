/// Programs that make programs. Lambda has none.
enum DevelopmentTool {
    /// Whether a file in a folder of programs is one: `gcc`, `gcc-12` and `x86_64-linux-gnu-gcc-12` are the same.
    static func matches(_ program: String) -> Bool {
        let tool = program.split(separator: "-").last { Int($0) == nil } ?? ""
        return names.contains(String(tool.prefix { $0 != "." }))
    }

    private static let names: Set = [
        "as", "c++", "c89", "c99", "cc", "clang", "clang++", "cpp", "g++", "gcc", "gold", "ld", "ldconfig", "lld", "mold", "objdump", "tcc",
    ]
}
