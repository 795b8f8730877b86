import LambdaModel

extension ResourcePolicy {
    /// - Throws: `APIError` ResourceConflictException, PolicyLengthExceededException.
    mutating func add(_ statement: Statement) throws {
        guard !statements.contains(where: { $0.id == statement.id }) else {
            throw APIError.resourceConflict(
                "The statement id (\(statement.id)) provided already exists. Please provide a new statement id, or remove the existing statement."
            )
        }
        statements.append(statement)
        guard document.bytes.count <= Limits.policy else {
            throw APIError(
                "PolicyLengthExceededException", status: 400,
                "The final policy size (\(document.bytes.count)) is bigger than the limit (\(Limits.policy)).")
        }
    }

    /// - Throws: `APIError` ResourceNotFoundException.
    mutating func remove(_ statementID: String) throws {
        guard let index = statements.firstIndex(where: { $0.id == statementID }) else {
            throw APIError.resourceNotFound("Statement \(statementID) is not found in resource policy.")
        }
        statements.remove(at: index)
    }
}

extension APIError {
    static let noPolicy = resourceNotFound("No policy is associated with the given resource.")
}
