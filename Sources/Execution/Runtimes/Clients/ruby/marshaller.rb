# frozen_string_literal: true

module AwsLambda
  # How events become objects and results become responses. Functions may replace both methods; the names are AWS's.
  class Marshaller
    class << self
      # request: its headers with [] and its body.
      def marshall_request(request)
        request["Content-Type"] == "application/json" ? JSON.parse(request.body) : request.body
      end

      # Returns JSON, or an IO and its content type.
      def marshall_response(result)
        return [result, "application/unknown"] if result.is_a?(IO) || (Object.const_defined?(:StringIO) && result.is_a?(StringIO))

        result.to_json
      end
    end
  end
end
