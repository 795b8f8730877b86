import LaminaErrors
import Testing

@testable import LogPatterns

@Suite struct LogPatternTests {
    /// A pattern, and messages that it matches and does not match.
    struct Case: Sendable, CustomTestStringConvertible {
        var pattern: String
        var yes: [String]
        var no: [String]

        init(_ pattern: String, yes: [String], no: [String]) {
            self.pattern = pattern
            self.yes = yes
            self.no = no
        }

        var testDescription: String { pattern }
    }

    static let terms = [
        Case("", yes: ["", "anything"], no: []),
        Case("ERROR", yes: ["ERROR", "[ERROR 400] BAD REQUEST"], no: ["error", "ERRO R"]),
        Case("ERROR ARGUMENTS", yes: ["ERROR: too many ARGUMENTS", "ARGUMENTS ERROR"], no: ["ERROR", "ARGUMENTS"]),
        Case("?ERROR ?ARGUMENTS", yes: ["ERROR", "no ARGUMENTS"], no: ["INFO"]),
        Case("ERROR -ARGUMENTS", yes: ["ERROR 1"], no: ["ERROR ARGUMENTS", "INFO"]),
        Case("?WARN REQUEST", yes: ["INFO REQUEST"], no: ["WARN"]),
        Case(#""INTERNAL SERVER ERROR""#, yes: ["[ERROR] INTERNAL SERVER ERROR"], no: ["INTERNAL ERROR SERVER"]),
        Case(#"-"a b" x"#, yes: ["x a"], no: ["x a b"]),
        Case(#""say \"no\"""#, yes: [#"I say "no" now"#], no: ["say no"]),
        Case("größe", yes: ["die größe"], no: ["grosse"]),
    ]

    static let regexes = [
        Case("%AUTHORIZED%", yes: ["UNAUTHORIZED", "AUTHORIZED"], no: ["AUTHORIZE"]),
        Case(#"%\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}%"#, yes: ["from 10.0.0.1 on"], no: ["from 10.0.0 on"]),
        Case("%[Ee]rror|[Ff]ail%", yes: ["an Error", "it failed"], no: ["ERROR", "FAIL"]),
        Case("%^[hc]at%", yes: ["hat", "cats"], no: ["a hat", "bat"]),
        Case("%[hc]at$%", yes: ["a hat", "cat\n"], no: ["hats"]),
        Case("%colou?r%", yes: ["color", "colour"], no: ["colouur"]),
        Case("%a{3,5}%", yes: ["aaa", "baaaab"], no: ["aa"]),
        Case("%^a{2}$%", yes: ["aa"], no: ["a", "aaa"]),
        Case("%^a{2,}$%", yes: ["aa", "aaaa"], no: ["a"]),
        Case("%^ab+c*d$%", yes: ["abd", "abbccd"], no: ["ad", "abcdd"]),
        Case(#"%^[^a-c\s]+$%"#, yes: ["xyz"], no: ["xaz", "x z"]),
        Case(#"%\x41\W\w%"#, yes: ["A-b"], no: ["AAb"]),
        Case("ERROR %4[0-9]{2}%", yes: ["ERROR 404"], no: ["404", "ERROR 500"]),
    ]

    static let objects = [
        Case(
            #"{ $.eventType = "UpdateTrail" }"#, yes: [#"{"eventType":"UpdateTrail"}"#], no: [#"{"eventType":"x"}"#, "{}", "UpdateTrail"]),
        Case(#"{ $.ip != 123.123.* }"#, yes: [#"{"ip":"10.0.0.1"}"#], no: [#"{"ip":"123.123.1.1"}"#, "{}"]),
        Case(#"{ $.a.b[0] = "v*e" }"#, yes: [#"{"a":{"b":["value"]}}"#], no: [#"{"a":{"b":["x","value"]}}"#, #"{"a":{"b":[]}}"#]),
        Case(#"{ $.latency > 75 }"#, yes: [#"{"latency":75.5}"#], no: [#"{"latency":75}"#, #"{"latency":"76"}"#]),
        Case(#"{ $.n <= 1e2 && $.n >= -1 }"#, yes: [#"{"n":100}"#, #"{"n":-1}"#], no: [#"{"n":101}"#, #"{"n":-2}"#]),
        Case(#"{ $.n = 1 }"#, yes: [#"{"n":1}"#, #"{"n":"1"}"#], no: [#"{"n":true}"#, #"{"n":2}"#]),
        Case(#"{ $.ok IS TRUE }"#, yes: [#"{"ok":true}"#], no: [#"{"ok":1}"#, #"{"ok":false}"#, "{}"]),
        Case(#"{ $.ok IS FALSE }"#, yes: [#"{"ok":false}"#], no: [#"{"ok":0}"#]),
        Case(#"{ $.x IS NULL }"#, yes: [#"{"x":null}"#], no: [#"{"x":0}"#, "{}"]),
        Case(#"{ $.x NOT EXISTS }"#, yes: ["{}"], no: [#"{"x":null}"#]),
        Case(#"{ $.x = * }"#, yes: [#"{"x":"any"}"#, #"{"x":7}"#], no: ["{}"]),
        Case(#"{ $.items[*].id = 3 }"#, yes: [#"{"items":[{"id":1},{"id":3}]}"#], no: [#"{"items":[{"id":1}]}"#]),
        Case(#"{ $['a key'].b = 1 }"#, yes: [#"{"a key":{"b":1}}"#], no: [#"{"b":1}"#]),
        Case(
            #"{ ($.a = 1 || $.b = 2) && $.c = %^x% }"#, yes: [#"{"a":1,"c":"xy"}"#, #"{"b":2,"c":"x"}"#],
            no: [#"{"a":1,"c":"y"}"#, #"{"c":"x"}"#]),
        Case(#"{ $.a = 1 || $.b = 2 && $.c = 3 }"#, yes: [#"{"a":1}"#, #"{"b":2,"c":3}"#], no: [#"{"b":2}"#]),
    ]

    static let line = #"127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#
    static let fields = [
        Case("[ip, user, username, timestamp, request, status_code, bytes]", yes: [line], no: ["127.0.0.1 Prod"]),
        Case("[ip, user, username, timestamp, request = *.html*, status = 4*, bytes > 1000]", yes: [line], no: []),
        Case("[..., status = 4* || status = 5*, bytes]", yes: [line], no: ["a 200 1"]),
        Case("[ip = 127.*, ..., bytes < 1000]", yes: ["127.0.0.1 a b 999"], no: [line]),
        Case("[..., status = 4* && status != 404, bytes]", yes: ["x 403 1"], no: [line]),
        Case("[w1 = ERROR, w2]", yes: ["ERROR 1", "ERROR 1\n"], no: ["ERROR", "ERROR 1 2", "INFO 1"]),
        Case("[bytes >= 0, ...]", yes: ["007 x", "1e2"], no: ["inf", "0x10", "-1"]),
        Case("[w1 = %^E%, ...]", yes: ["ERR", "ERR 1 2"], no: ["xE"]),
    ]

    @Test(arguments: terms + regexes + objects + fields)
    func aPatternMatchesWhatItDescribesAndNothingElse(_ example: Case) throws {
        let pattern = try LogPattern(example.pattern)
        for message in example.yes { #expect(pattern.matches(Array(message.utf8)), "\(message)") }
        for message in example.no { #expect(!pattern.matches(Array(message.utf8)), "\(message)") }
    }

    @Test(arguments: [
        ("{ $.a = }", "a value is missing"), ("{ a = 1 }", "begins with '$'"), ("{ $.a > \"x\" }", "compare numbers"),
        ("{ $.a = 1", "'}' is missing"), ("{ $.a = 1 } x", "nothing more"), ("{ $.a IS 5 }", "NULL, TRUE or FALSE"),
        ("{ $.a[x] = 1 }", "element's number"), ("[a, b", "']' is missing"), ("[a, ..., ...]", "only one ellipsis"),
        ("[a = 1 || b = 2]", "that field alone"), ("\"open", "closing double quote"), ("%open", "closing percent sign"),
        ("a(b", "double quotes"), ("%(a)%", "'('"), ("%a!%", "'!'"), ("%*a%", "'*'"), ("%[a%", "']'"),
        ("%a{5,3}%", "ends before it begins"),
        ("%a{9999}%", "at most"), ("%\\x+f%", "two hexadecimal digits"), ("{ $.a > nan }", "compare numbers"),
        ("[a < 0x10]", "compare numbers"), ("%é%", "not supported"), ("%a% %b% %c%", "at most 2"),
        (String(repeating: "x", count: 1025), "1024"),
    ])
    func aPatternThatIsNoneIsRefusedInWordsThatSayWhy(_ text: String, _ reason: String) throws {
        let error = #expect(throws: LaminaError.self) { try LogPattern(text) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test func noTextTraps() {
        let seeds = (Self.terms + Self.regexes + Self.objects + Self.fields).map(\.pattern)
        let letters = Array("{}[]()<>=!&|?*%\"'\\^$.,-+ a1\u{e9}")
        var random = SplitMix(state: 7)
        for round in 0..<20_000 {
            var text = Array(seeds[round % seeds.count])
            for _ in 0..<(1 + Int(random.next() % 4)) {
                let place = Int(random.next() % UInt64(text.count + 1))
                if random.next() % 2 == 0, place < text.count {
                    text.remove(at: place)
                } else {
                    text.insert(letters[Int(random.next() % UInt64(letters.count))], at: place)
                }
            }
            _ = (try? LogPattern(String(text)))?.matches(Array(Self.line.utf8))
        }
    }

    /// Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
            return z ^ z >> 31
        }
    }

    /// An expression or a text that was twice as long would take four times as long, if it took more than its share.
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ("%\(String(repeating: "a*", count: 500))b%", "a"), ("%.{0,500}\\x01%", "a"), ("[first = x, ...]", "[ "),
            ("[first = x, ...]", "[ \" "),
        ])
    func aPatternTakesTimeInProportion(_ text: String, _ repeated: String) throws {
        let pattern = try LogPattern(text)
        let message = Array(String(repeating: repeated, count: text.first == "%" ? 4000 : 30_000).utf8)
        let start = ContinuousClock.now
        #expect(!pattern.matches(message))
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}
