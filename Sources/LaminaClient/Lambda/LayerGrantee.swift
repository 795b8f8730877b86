import LambdaModel
import LaminaErrors

/// Whom a layer version is shared with.
public enum LayerGrantee: Sendable, Hashable {
    /// A 12-digit account.
    case account(String)
    /// An organization, `o-…`.
    case organization(String)
    case everyone

    /// - Parameter text: A 12-digit account, `o-…`, or `public`.
    /// - Throws: ``LaminaError`` `invalidArgument` for anything else.
    public init(_ text: String) throws {
        if text == "public" {
            self = .everyone
        } else if text.isAccountID {
            self = .account(text)
        } else if text.isOrganizationID {
            self = .organization(text)
        } else {
            throw LaminaError(
                .invalidArgument, "'\(text)' is neither a 12-digit account, nor an organization as in o-a1b2c3d4e5, nor public")
        }
    }

    /// The id of the statement that grants it, so that granting twice is one statement.
    public var statementID: String {
        switch self {
        case .account(let account): "account-\(account)"
        case .organization(let organization): "organization-\(organization)"
        case .everyone: "public"
        }
    }

    /// The request's Principal.
    var principal: String {
        if case .account(let account) = self { account } else { "*" }
    }

    /// The request's OrganizationId.
    var organization: String? {
        if case .organization(let organization) = self { organization } else { nil }
    }
}

extension LayerGrantee: CustomStringConvertible {
    /// As it is written on a command line.
    public var description: String {
        switch self {
        case .account(let account): account
        case .organization(let organization): organization
        case .everyone: "public"
        }
    }
}
