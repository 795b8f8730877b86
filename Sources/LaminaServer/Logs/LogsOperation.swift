/// The operations of CloudWatch Logs that this server has, by AWS's names (botocore: `logs/2014-03-28`).
enum LogsOperation: String, Sendable {
    case createLogGroup = "CreateLogGroup"
    case deleteLogGroup = "DeleteLogGroup"
    case describeLogGroups = "DescribeLogGroups"
    case putRetentionPolicy = "PutRetentionPolicy"
    case deleteRetentionPolicy = "DeleteRetentionPolicy"
    case tagResource = "TagResource"
    case untagResource = "UntagResource"
    case listTagsForResource = "ListTagsForResource"
    case createLogStream = "CreateLogStream"
    case deleteLogStream = "DeleteLogStream"
    case describeLogStreams = "DescribeLogStreams"
    case putLogEvents = "PutLogEvents"
    case getLogEvents = "GetLogEvents"
    case filterLogEvents = "FilterLogEvents"
}
