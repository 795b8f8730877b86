# frozen_string_literal: true

# A keep-alive HTTP/1.1 connection, for one request at a time. Ruby's own client would take 15 ms of each cold start to load.
class Connection
  # Headers by lower-case name.
  Response = Struct.new(:status, :headers, :body)

  def initialize(host, port)
    @host = host
    @port = port
  end

  def request(method, path, headers = {}, body = "")
    @socket ||= connect
    fields = { "Host" => "#{@host}:#{@port}", "Content-Length" => body.bytesize }.merge(headers)
    head = fields.map { |name, value| "#{name}: #{value}\r\n" }.join
    @socket.write("#{method} #{path} HTTP/1.1\r\n#{head}\r\n".b << body.b)
    read_response
  rescue SystemCallError, IOError
    close
    raise
  end

  private

  def connect
    socket = TCPSocket.new(@host, @port)
    socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
    socket.binmode
    socket
  end

  def close
    @socket&.close
    @socket = nil
  end

  def read_response
    status = read_line.split(" ", 3)[1].to_i
    headers = read_headers
    body = headers["transfer-encoding"]&.downcase == "chunked" ? read_chunks : read(headers["content-length"].to_i)
    close if headers["connection"]&.downcase == "close"
    Response.new(status, headers, body)
  end

  def read_headers
    headers = {}
    until (line = read_line).empty?
      name, value = line.split(":", 2)
      headers[name.downcase] = value.strip.force_encoding(Encoding::UTF_8)
    end
    headers
  end

  def read_chunks
    body = "".b
    while (size = read_line.to_i(16)).positive?
      body << read(size)
      read_line
    end
    read_headers
    body
  end

  def read_line
    (@socket.gets("\r\n") || raise(EOFError, "the Runtime API has closed the connection")).chomp("\r\n")
  end

  def read(size)
    return +"" if size.zero?

    body = @socket.read(size)
    raise EOFError, "the Runtime API has closed the connection" unless body&.bytesize == size

    body
  end
end
