import Foundation

/// X-Ray's trace header: `Root=1-SECONDS-96 BITS;Parent=64 BITS;Sampled=0`.
enum TraceID {
    static func make() -> String {
        func hexadecimal(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, digits - text.count)) + text.suffix(digits)
        }
        let seconds = hexadecimal(UInt64(Date().timeIntervalSince1970), 8)
        let root = hexadecimal(.random(in: .min ... .max), 16) + hexadecimal(.random(in: .min ... .max), 8)
        return "Root=1-\(seconds)-\(root);Parent=\(hexadecimal(.random(in: .min ... .max), 16));Sampled=0"
    }
}
