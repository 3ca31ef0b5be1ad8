# Makes /disk.img, the lab's guest: Debian's cloud kernel and a RAM disk with BusyBox, on a FAT disk that any BIOS boots.
# Runs with sh inside the root file system that has the packages; all times are fixed, so that nothing else tells two
# builds apart.
set -eu
kernel=$(ls /boot/vmlinuz-*)
version=${kernel#/boot/vmlinuz-}
work=$(mktemp -d)
root=$work/root
mkdir -p "$root/bin" "$root/modules" "$root/dev" "$root/proc" "$root/sys" "$root/seed" "$root/www/cgi-bin"
cp /bin/busybox "$root/bin/busybox"
for name in sh mount insmod ip httpd hostname cat grep sed cp poweroff sleep date uname cut mkdir; do
  ln -s busybox "$root/bin/$name"
done

# What a virtio machine needs, with what that needs in turn, in the order of loading.
for name in virtio_pci virtio_net virtio_blk vfat nls_cp437 nls_ascii evdev button; do
  modprobe --set-version "$version" --show-depends "$name" 2>/dev/null | sed -n 's/^insmod \([^ ]*\).*/\1/p' || true
done | awk '!seen[$0]++' > "$work/modules"
number=100
while read -r path; do
  number=$((number + 1))
  cp "$path" "$root/modules/$number-$(basename "$path")"
done < "$work/modules"
cp /guest-init "$root/init"
chmod 755 "$root/init"
find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0) | gzip -n9 > "$work/initrd"

cat > "$work/syslinux.cfg" <<'CONFIG'
DEFAULT linux
PROMPT 0
TIMEOUT 0
LABEL linux
  KERNEL kernel
  APPEND initrd=initrd console=ttyS0 panic=5 mitigations=off random.trust_cpu=on loglevel=4
CONFIG
cp "$kernel" "$work/kernel"
touch -d @0 "$work/kernel" "$work/initrd" "$work/syslinux.cfg"
truncate -s 32M /disk.img
export MTOOLS_SKIP_CHECK=1 SOURCE_DATE_EPOCH=0
mformat -i /disk.img -v GUEST -N 6d656363 -t 64 -h 16 -s 64 ::
mcopy -m -i /disk.img "$work/kernel" "$work/initrd" "$work/syslinux.cfg" ::
syslinux --install /disk.img
rm -r "$work" /guest-init
