import LaminaErrors

/// A regular expression as CloudWatch Logs has them: bytes, classes, repetition and alternatives, without groups.
///
/// It is run as an automaton whose time grows with the text and the expression, whatever the two are: nothing that a caller writes can make
/// it backtrack.
struct LinearRegex: Sendable {
    /// One place of a sequence.
    struct Atom: Sendable {
        var bytes: ByteSet
        var isOptional = false
        /// Whether it may be repeated.
        var isRepeated = false
    }

    /// One of the alternatives.
    struct Sequence: Sendable {
        var atoms: [Atom] = []
        var isAtStart = false
        var isAtEnd = false
    }

    private let sequences: [Sequence]

    /// - Throws: ``LaminaError`` `invalidArgument`.
    init(_ expression: [UInt8]) throws {
        var parser = LinearRegexParser(expression)
        sequences = try parser.parse()
    }

    /// Whether the expression matches anywhere in the text.
    func matches(_ text: [UInt8]) -> Bool { sequences.contains { Self.matches($0, text) } }

    private static func matches(_ sequence: Sequence, _ text: [UInt8]) -> Bool {
        let atoms = sequence.atoms
        // The states are the atoms that may come next; the last is the end.
        var states = [Bool](repeating: false, count: atoms.count + 1)
        var following = states
        func enter(_ state: Int, _ states: inout [Bool]) {
            var state = state
            // A state that is set has what follows it without a byte set too.
            while !states[state] {
                states[state] = true
                guard state < atoms.count, atoms[state].isOptional else { return }
                state += 1
            }
        }
        enter(0, &states)
        var entry = ByteSet()
        for state in atoms.indices where states[state] { entry.formUnion(atoms[state].bytes) }
        // Most bytes of a log begin no match.
        var isIdle = true
        // A log's line ends before its newline.
        let end = text.last == UInt8(ascii: "\n") ? text.count - 1 : text.count
        for byte in text[..<end] {
            if states[atoms.count], !sequence.isAtEnd { return true }
            if isIdle, !sequence.isAtStart, !entry.contains(byte) { continue }
            isIdle = true
            for state in following.indices { following[state] = false }
            for state in atoms.indices where states[state] && atoms[state].bytes.contains(byte) {
                isIdle = false
                enter(atoms[state].isRepeated ? state : state + 1, &following)
                if atoms[state].isRepeated { enter(state + 1, &following) }
            }
            if sequence.isAtStart, isIdle { return false }
            if !sequence.isAtStart { enter(0, &following) }
            swap(&states, &following)
        }
        return states[atoms.count]
    }
}

/// Some of the 256 bytes.
struct ByteSet: Sendable, Hashable {
    private var words: SIMD4<UInt64> = .zero

    static let all: ByteSet = {
        var set = ByteSet()
        set.insert(0...255)
        return set
    }()

    func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] & 1 << UInt64(byte & 63) != 0 }

    mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range { insert(byte) }
    }

    mutating func formUnion(_ other: ByteSet) { words |= other.words }

    var inverted: ByteSet {
        var set = self
        set.words = ~words
        return set
    }
}
