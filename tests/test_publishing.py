"""A run that is killed leaves the earlier run folder or the new one, whole, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.files
@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_killed_at_fifty_random_moments_a_run_leaves_the_old_folder_or_the_new_one(tmp_path: Path) -> None:
    script = [sys.executable, str(HERE / "kill_runs.py"), str(tmp_path), "50", "1"]
    done = subprocess.run(script, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
