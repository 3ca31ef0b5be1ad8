"""A workload with a database on its volume, for both sites of a pair."""

from pathlib import Path

WORKLOAD = """\
    - name: ledger
      slice: embb
      image: mecctl.io/python:1
      command: [python3, /app/ledger.py]
      env: {SITE: %(site)s}
      files: [{path: /app/ledger.py, source: ledger.py}]
      ports: [8080]
      outside: [%(a)s.0/24, %(b)s.0/24]
      storage: [{name: data, path: /data, size: 64Mi, class: by-hand}]
      mobility: {mode: without-confirmation, home: lab-a, context: {volumes: true}}
"""
PROGRAM = Path(__file__).with_name("ledger.py")
