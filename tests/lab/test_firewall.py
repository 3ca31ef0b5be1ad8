import json
from pathlib import Path

from mecctl.lab import firewall
from mecctl.lab.names import Names
from mecctl.process import Completed

NAMES = Names("street-cabinet", Path("/srv/site"))


def test_the_rules_replace_the_table_in_one_step_and_name_only_the_labs_interface():
    text = firewall.rules(NAMES)

    assert text.startswith(f"add table inet {NAMES.table}\ndelete table inet {NAMES.table}\n")
    assert text.count(f'name "{NAMES.link}"') == 5
    assert "established,related accept" in text


def test_tables_of_the_lab_are_found_whatever_the_site_was_called(monkeypatch):
    tables = [
        {"family": "inet", "name": f"mecctl_{NAMES.id}_old"},
        {"family": "inet", "name": "mecctl_00000000_other"},
        {"family": "ip", "name": f"mecctl_{NAMES.id}_ip"},
    ]
    listed = json.dumps({"nftables": [{"metainfo": {}}, *({"table": one} for one in tables)]})
    monkeypatch.setattr(firewall, "run", lambda *_, **__: Completed(0, listed, ""))

    assert firewall.tables(NAMES.id) == (f"mecctl_{NAMES.id}_old",)
