import LaminaErrors

/// A PEP 425 compatibility tag: `cp313-cp313-manylinux_2_28_x86_64`.
struct WheelTag: Hashable, Sendable {
    var python: String
    var abi: String
    var platform: String
}

/// A wheel's file name, taken apart (PEP 427): `NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl`.
struct WheelFilename: Sendable, Hashable {
    let text: String
    /// The distribution's name and version as the name of its dist-info folder has them.
    let distribution: String
    let version: String
    /// The number that a build tag begins with, 0 without one; the larger is the newer.
    let build: Int
    let tags: Set<WheelTag>

    /// - Throws: ``LaminaError`` `corrupt` when the name is not a wheel's.
    init(_ text: String) throws {
        let parts = text.hasSuffix(".whl") ? text.dropLast(4).split(separator: "-", omittingEmptySubsequences: false) : []
        guard parts.count == 5 || parts.count == 6, parts.allSatisfy({ !$0.isEmpty }), !text.contains("/") else {
            throw LaminaError(.corrupt, "'\(text)' is not the name of a wheel")
        }
        self.text = text
        distribution = String(parts[0])
        version = String(parts[1])
        build = parts.count == 6 ? Int(parts[2].prefix { $0.isNumber }) ?? 0 : 0
        var tags: Set<WheelTag> = []
        for python in parts[parts.count - 3].split(separator: ".") {
            for abi in parts[parts.count - 2].split(separator: ".") {
                for platform in parts[parts.count - 1].split(separator: ".") {
                    tags.insert(WheelTag(python: String(python), abi: String(abi), platform: String(platform)))
                }
            }
        }
        self.tags = tags
    }
}
