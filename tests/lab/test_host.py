import multiprocessing
import time

from mecctl.lab import host


def hold(folder, ready, done):
    host._LOCKS = folder
    with host.exclusive("thing"):
        ready.set()
        done.wait(10)


def test_one_process_at_a_time_and_a_dead_one_lets_go(tmp_path, monkeypatch):
    monkeypatch.setattr(host, "_LOCKS", tmp_path)
    ready, done = multiprocessing.Event(), multiprocessing.Event()
    other = multiprocessing.Process(target=hold, args=(tmp_path, ready, done))
    other.start()
    assert ready.wait(10)
    began = time.monotonic()

    other.kill()
    with host.exclusive("thing"):
        waited = time.monotonic() - began

    other.join()
    assert waited < 5


def test_different_things_go_on_beside_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr(host, "_LOCKS", tmp_path)

    with host.exclusive("one"), host.exclusive("two"):
        assert len(list(tmp_path.iterdir())) == 2
