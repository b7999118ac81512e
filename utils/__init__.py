"""Translate with and without attention: the code behind the notebooks.

README.md beside this file lists the rooms, in the order data flows through them.
"""

from utils.system.failures import stop_quietly
from utils.system.paths import check_project

check_project()
stop_quietly()  # from here on, Ctrl-C ends a command without a traceback
