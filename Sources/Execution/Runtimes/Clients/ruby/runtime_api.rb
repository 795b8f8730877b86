# frozen_string_literal: true

require_relative "connection"

# Lambda's Runtime API (AWS: "Using the Lambda runtime API").
class RuntimeAPI
  PATH = "/2018-06-01/runtime"

  # An invocation as the Runtime API gives it. Headers are read by name with [], as of a Net::HTTPResponse.
  class Request
    attr_reader :body

    def initialize(response)
      @headers = response.headers
      @body = response.body.force_encoding(Encoding::UTF_8)
    end

    def [](name)
      @headers[name.downcase]
    end

    def id
      self["Lambda-Runtime-Aws-Request-Id"]
    end
  end

  # address: HOST:PORT
  def initialize(address)
    host, port = address.split(":")
    @connection = Connection.new(host, port)
  end

  # Waits for the next invocation.
  def next_invocation
    response = @connection.request("GET", "#{PATH}/invocation/next")
    raise "the Runtime API gives no invocation: #{response.status} #{response.body}" unless response.status == 200

    Request.new(response)
  end

  def send_response(id, body, content_type = nil)
    post("invocation/#{id}/response", body, "Content-Type" => content_type || "application/json")
  end

  def send_error(id, report)
    post_error("invocation/#{id}/error", report)
  end

  def send_init_error(report)
    post_error("init/error", report)
  end

  private

  def post_error(name, report)
    post(name, JSON.generate(report.to_lambda_response), "Lambda-Runtime-Function-Error-Type" => report.runtime_error_type)
  end

  def post(name, body, headers)
    @connection.request("POST", "#{PATH}/#{name}", headers, body)
  end
end
