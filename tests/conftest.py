"""Draw without a display: set before anything imports matplotlib."""

import os

os.environ["MPLBACKEND"] = "Agg"
