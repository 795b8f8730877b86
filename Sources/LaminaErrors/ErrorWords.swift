import Foundation

/// An error in words for the person at the keyboard: Foundation's describe themselves by domains, codes and dictionaries.
enum ErrorWords {
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as DecodingError: of(error)
        case is CocoaError, is POSIXError, is URLError: of(error as NSError)
        default: "\(error)"
        }
    }

    private static func of(_ error: NSError) -> String {
        if error.domain == NSPOSIXErrorDomain { return SystemErrorText.describe(Int32(truncatingIfNeeded: error.code)) }
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error { return of(cause) }
        return error.localizedFailureReason ?? error.localizedDescription
    }

    private static func of(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context, _ text: String? = nil) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return (path.isEmpty ? "" : "\(path): ") + (text ?? context.debugDescription)
        }
        switch error {
        case .keyNotFound(let key, let context): return place(context, "there is no '\(key.stringValue)'")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): return place(context)
        @unknown default: return "\(error)"
        }
    }
}
