import ArgumentParser
import Foundation
import LambdaModel
import LaminaErrors
import Storage

extension KeyCommand {
    /// `lamina key create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key, whose secret is shown this once.",
            discussion: """
                EXAMPLES
                  eval "$(lamina key create --account 111122223333)"
                  lamina key create --account 111122223333 --access publish --format json
                """)

        @Option(help: "The account that it speaks for.")
        var account: String

        @Option(help: "full; publish: read, and publish layer versions, through S3 too; read: nothing but read.")
        var access: AccessLevel = .full

        @OptionGroup var folder: DataOption
        @OptionGroup var format: FormatOption

        func validate() throws {
            if !account.isAccountID { throw ValidationError("an account has 12 digits; '\(account)' is none") }
        }

        func run() async throws {
            let key = AccessKey.make(account: account, access: access, created: Date())
            let catalog = try DataFolder.catalog(of: folder.path)
            try catalog.writeNow { catalog in
                guard try catalog.account(account) != nil else {
                    throw LaminaError(.notFound, "there is no account \(account); make it with 'lamina account create \(account)'")
                }
                try catalog.insert(key)
            }
            // A reader that has gone is to be noticed too.
            signal(SIGPIPE, SIG_IGN)
            do {
                try format.print(NewKey(key))
            } catch {
                // Nobody has seen its secret, and nobody ever can.
                _ = try catalog.writeNow { try $0.deleteAccessKey(key.id) }
                throw error
            }
        }
    }
}

/// A key with its secret, as it is printed once.
private struct NewKey: Encodable, TableRenderable {
    var accessKeyId: String
    var secretAccessKey: String
    var account: String
    var access: String

    init(_ key: AccessKey) {
        accessKeyId = key.id
        secretAccessKey = key.secret
        account = key.account
        access = key.access.rawValue
    }

    /// Lines that a shell takes as they are.
    var table: String {
        """
        # \(access) access for account \(account); the secret is not shown again
        export AWS_ACCESS_KEY_ID='\(accessKeyId)'
        export AWS_SECRET_ACCESS_KEY='\(secretAccessKey)'

        """
    }
}

extension AccessLevel: ExpressibleByArgument {}
