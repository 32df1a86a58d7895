"""A server on loopback that stands in a third party's place; what it answers is a function of its owner."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Method, path, headers, body -> status, headers, body. None: the connection is closed without a word.
Answer = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes] | None]


class Loopback:
    """Answers until `close`. ``base`` is its address without a path."""

    def __init__(self, answer: Answer) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                found = answer(self.command, self.path, self.headers, body)
                if found is None:
                    self.close_connection = True
                    return
                status, headers, content = found
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = _do

            def log_message(self, *_: object) -> None:
                """Stays silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()
