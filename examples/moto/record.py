"""Records program.py, and what moto's server responds to it, as program.yaml or the file that is named."""

import os
import subprocess
import sys

from moto.server import ThreadedMotoServer

here = os.path.dirname(os.path.abspath(__file__))
output = sys.argv[1] if len(sys.argv) > 1 else "program.yaml"
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
status = subprocess.run([sys.executable, "-m", "crcheck", "record", "--emulator", "--upstream", f"http://{host}:{port}", "-o", output,
                         "--contract", "botocore:", "--", sys.executable, os.path.join(here, "program.py")]).returncode
server.stop()
sys.exit(status)
