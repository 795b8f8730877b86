import LaminaErrors
import Testing

@testable import ContainerImages

struct TokenServerTests {
    struct Case: Sendable {
        var realm: String
        var plain: TokenServer.PlainServers
        var isTaken: Bool
    }

    @Test(arguments: [
        Case(realm: "https://tokens.example/token", plain: .never, isTaken: true),
        Case(realm: "http://tokens.example/token", plain: .never, isTaken: false),
        Case(realm: "http://127.0.0.1/token", plain: .never, isTaken: false),
        Case(realm: "http://tokens.example/token", plain: .onThisMachine, isTaken: false),
        Case(realm: "http://127.0.0.1.example/token", plain: .onThisMachine, isTaken: false),
        Case(realm: "http://127.0.0.1:5000/token", plain: .onThisMachine, isTaken: true),
        Case(realm: "http://[::1]:5000/token", plain: .onThisMachine, isTaken: true),
        Case(realm: "http://tokens.example/token", plain: .anywhere, isTaken: true),
        Case(realm: "ftp://tokens.example/token", plain: .anywhere, isTaken: false),
    ])
    func passwordsGoInTheClearOnlyWhereThatIsWanted(_ test: Case) {
        let challenge = AuthenticationChallenge(scheme: "bearer", parameters: ["realm": test.realm])
        let result = Result { try TokenServer(challenge, defaultScope: "", plain: test.plain, registry: "registry.example") }
        switch result {
        case .success: #expect(test.isTaken)
        case .failure(let error):
            #expect(!test.isTaken)
            #expect((error as? LaminaError)?.code == .unsafe)
        }
    }
}
