import importlib.machinery
import importlib.util
import os

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@pytest.fixture
def top():
    return TOP


@pytest.fixture
def tool():
    """Load a Python program of tools/ as a module."""
    def load(name):
        path = os.path.join(TOP, "tools", name)
        loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), path)
        module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
        loader.exec_module(module)
        return module
    return load
