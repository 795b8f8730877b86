/// A version of a Python package or interpreter, with the order of PEP 440.
struct PythonVersion: Sendable, Hashable {
    var epoch = 0
    var release: [Int]
    var pre: PreRelease?
    var post: Int?
    var dev: Int?
    var local: [LocalPart] = []

    struct PreRelease: Sendable, Hashable {
        var phase: Phase
        var number: Int
    }

    enum Phase: Int, Sendable {
        case alpha, beta, candidate
    }

    enum LocalPart: Sendable, Hashable {
        case text(String)
        case number(Int)
    }

    var isPreRelease: Bool { pre != nil || dev != nil }

    /// Epoch and release alone.
    var base: PythonVersion { PythonVersion(epoch: epoch, release: release) }

    /// Without the local part.
    var publicPart: PythonVersion {
        var version = self
        version.local = []
        return version
    }

    /// The first numbers of the release, with zeros where it has fewer.
    func releasePrefix(_ count: Int) -> [Int] { Array(release.prefix(count)) + Array(repeating: 0, count: max(0, count - release.count)) }
}

extension PythonVersion: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        let count = max(left.release.count, right.release.count)
        let (leftRelease, rightRelease) = (left.releasePrefix(count), right.releasePrefix(count))
        if leftRelease != rightRelease { return leftRelease.lexicographicallyPrecedes(rightRelease) }
        let (leftSuffix, rightSuffix) = (left.suffixOrder, right.suffixOrder)
        if leftSuffix != rightSuffix { return leftSuffix.lexicographicallyPrecedes(rightSuffix) }
        return left.local.lexicographicallyPrecedes(right.local)
    }

    static func == (left: Self, right: Self) -> Bool { !(left < right) && !(right < left) }

    func hash(into hasher: inout Hasher) {
        hasher.combine(epoch)
        for number in release.reversed().drop(while: { $0 == 0 }) { hasher.combine(number) }
    }

    /// Pre-release, post-release and development release as numbers: `1.dev0 < 1a0.dev0 < 1a0 < 1 < 1.post0.dev0 < 1.post0`.
    private var suffixOrder: [Int] {
        let phase: [Int] =
            if let pre { [pre.phase.rawValue, pre.number] } else if post == nil, dev != nil { [-1, 0] } else { [3, 0] }
        return phase + [post ?? -1, dev ?? .max]
    }
}

extension PythonVersion.LocalPart: Comparable {
    /// Numbers come after texts.
    static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left < right
        case (.number(let left), .number(let right)): left < right
        case (.text, .number): true
        case (.number, .text): false
        }
    }
}
