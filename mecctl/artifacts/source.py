"""Where an artifact comes from: one model a kind, told apart by `kind`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
AbsolutePath = Annotated[str, Field(pattern=r"^/")]


def _flat(value: object) -> object:
    """A list within a list, as an anchor of YAML gives it, stands for its items."""
    if not isinstance(value, list | tuple):
        return value
    return [one for item in value for one in (item if isinstance(item, list) else [item])]


Packages = Annotated[tuple[str, ...], BeforeValidator(_flat)]


class Strict(BaseModel):
    """A frozen model that refuses keys it doesn't know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class UrlSource(Strict):
    """A file of a publisher's release page.

    `checksums` is the publisher's own file of sha256 sums, from which `pin` reads; `member` is the path of the one
    file wanted out of a downloaded tar archive (the pinned sha256 is the archive's, as the publisher states it).
    """

    kind: Literal["url"]
    url: str
    checksums: str | None = None
    member: str | None = None


class FileSource(Strict):
    """A file that is already on this machine; a relative path starts at the folder of the lock that names it."""

    kind: Literal["file"]
    path: str


class GoSource(Strict):
    """A program, or a tar of source files, of a Go module at the version that lab/go/<module>/go.mod pins.

    `package` is the import path of a main package. `tree` is the path of a dependency of which `paths` are packed.
    """

    kind: Literal["go"]
    module: str
    package: str | None = None
    tree: str | None = None
    paths: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_output(self) -> GoSource:
        if (self.package is None) == (self.tree is None) or bool(self.paths) != (self.tree is not None):
            msg = "give either `package`, or `tree` and `paths`"
            raise ValueError(msg)
        return self


class DebianSource(Strict):
    """A root file system made from Debian packages, as a tar; `exclude` are globs of paths that aren't unpacked."""

    kind: Literal["debian"]
    suite: str
    variant: Literal["minbase", "essential", "custom"] = "minbase"
    packages: Packages
    exclude: tuple[str, ...] = ()


class DiskSource(Strict):
    """A virtual machine's disk: /disk.img of a root file system of Debian packages, in which a script has made it.

    `script` is a file under lab/, which sh runs there; `add` are others, by the places where the script finds them.
    """

    kind: Literal["disk"]
    suite: str
    packages: Packages
    script: str
    add: dict[AbsolutePath, str] = Field(default_factory=dict)

    @property
    def files(self) -> list[str]:
        """Files under lab/ that decide what comes out."""
        return sorted({self.script, *self.add.values()})


class BoxSource(Strict):
    """A Vagrant box for libvirt (developer.hashicorp.com/vagrant/docs/boxes/format): a disk of Debian packages.

    Beside the disk the tar has `vmlinuz` and `initrd`, from which a machine is booted directly. `modules` are the
    kernel's that lead to the root file system, `units` are systemd's that start with it, `add` are programs under lab/
    by the places they take; `size` is the disk's in GiB.
    """

    kind: Literal["box"]
    suite: str
    packages: Packages
    exclude: tuple[str, ...] = ()
    modules: tuple[str, ...]
    units: tuple[str, ...] = ()
    add: dict[AbsolutePath, str] = Field(default_factory=dict)
    size: int

    @property
    def files(self) -> list[str]:
        """Files under lab/ that decide what comes out."""
        return sorted(self.add.values())


class ImageItem(Strict):
    """One thing in a layer: from an artifact, from a file under lab/, a link or an empty folder.

    `member` is a path inside an artifact that is a tar. `mode` is octal; without it a file keeps what it has, and a
    program is 755.
    """

    to: AbsolutePath
    artifact: str | None = None
    member: str | None = None
    static: str | None = None
    link: str | None = None
    mode: Annotated[str, Field(pattern=r"^[0-7]{3,4}$")] | None = None


class ImageLayer(Strict):
    """A layer: a whole root file system, or single items."""

    rootfs: str | None = None
    items: tuple[ImageItem, ...] = ()

    @model_validator(mode="after")
    def _one_content(self) -> ImageLayer:
        if (self.rootfs is None) != bool(self.items):
            msg = "give either `rootfs` or `items`"
            raise ValueError(msg)
        return self


class Image(Strict):
    """One image: its reference, its layers from the bottom up, and the OCI configuration a container starts with."""

    ref: str
    layers: tuple[ImageLayer, ...]
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    env: dict[str, str] = Field(default_factory=dict)
    user: str = "0:0"
    workdir: str = "/"


class ImageSource(Strict):
    """An OCI archive of one or more images; layers that they share are in it once."""

    kind: Literal["image"]
    images: tuple[Image, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the artifacts that the layers are made of, each once."""
        layers = [layer for image in self.images for layer in image.layers]
        names = [layer.rootfs for layer in layers] + [item.artifact for layer in layers for item in layer.items]
        return tuple(dict.fromkeys(name for name in names if name))


Source = Annotated[
    UrlSource | FileSource | GoSource | DebianSource | DiskSource | BoxSource | ImageSource, Field(discriminator="kind")
]
