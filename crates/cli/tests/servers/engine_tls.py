"""The engine of this machine behind TLS, as remote ones are: who calls must show a certificate.

    engine_tls.py FOLDER

FOLDER has ca.pem, cert.pem and key.pem. The first line on standard error is the port on the loopback address.
"""

import asyncio
import pathlib
import ssl
import sys

FOLDER = pathlib.Path(sys.argv[1])
ENGINE = "/var/run/docker.sock"


async def pass_on(reader, writer):
    """Until the source says no more, which the target is told."""
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
    except OSError:
        writer.close()


async def call(reader, writer):
    engine_reader, engine_writer = await asyncio.open_unix_connection(ENGINE)
    await asyncio.gather(pass_on(reader, engine_writer), pass_on(engine_reader, writer))
    engine_writer.close()


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=FOLDER / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(FOLDER / "cert.pem", FOLDER / "key.pem")
    server = await asyncio.start_server(call, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], file=sys.stderr, flush=True)
    await server.serve_forever()


asyncio.run(main())
