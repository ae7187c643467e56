"""What every workload of the registry must keep to."""

import inspect
import subprocess
import sys

import pytest

from workloads import WORKLOADS
from workloads.identity import workload_file


@pytest.mark.parametrize("name", WORKLOADS)
class TestEveryWorkload:
    def test_the_name_is_the_files(self, name):
        workload = WORKLOADS[name]
        assert workload.name == name
        assert workload_file(workload).stem == name

    def test_the_question_is_one(self, name):
        workload = WORKLOADS[name]
        assert workload.question.endswith("?")
        assert workload.own_data.startswith(f"kaname run {name} --set ")

    def test_every_setting_is_described(self, name):
        fields = WORKLOADS[name].settings.model_fields
        assert all(field.description and "unit" in field.json_schema_extra for field in fields.values())
        assert set(WORKLOADS[name].quick) <= set(fields)

    def test_every_control_and_method_is_explained(self, name):
        workload = WORKLOADS[name]
        assert all(workload.controls.values())
        assert all(meaning for meaning in (*workload.methods.values(), *workload.glossary.values()))
        assert all(plot.alt and plot.caption for plot in workload.plots)

    def test_every_plot_is_drawn_by_a_function_that_is_there(self, name):
        for plot in WORKLOADS[name].plots:
            inspect.signature(plot.draw.function).bind("rows", **plot.draw.options)


def test_the_registry_loads_nothing_heavy():
    heavy = ("pennylane", "pyscf", "pandas", "matplotlib", "skfolio", "numba", "scipy")
    code = f"import sys, workloads.registry; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
