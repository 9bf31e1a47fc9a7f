import os

import uvicorn

from orders.app import create_app

if __name__ == "__main__":
    port = int(os.environ.get("PORT", "8080"))
    uvicorn.run(create_app(), host="0.0.0.0", port=port, log_level="warning", server_header=False)
