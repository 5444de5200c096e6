const containerSegment = /^(?:(?:docker|cri-containerd|crio|libpod)-)?([0-9a-f]{64})(?:\.scope)?$/;

/**
 * The containers that a process runs in, the innermost first, from the text of `/proc/<pid>/cgroup`. Knows cgroup v1
 * (`4:memory:/docker/<id>`), v2 (`0::/…`), the systemd driver (`/system.slice/docker-<id>.scope`), the cgroupfs driver, a
 * configured parent, and the pods of Kubernetes. Empty: no container that is known by its 64-digit id.
 */
export function containerIds(cgroupText: string): readonly string[] {
  const found: string[] = [];
  for (const line of cgroupText.split('\n')) {
    // A path may hold colons of its own: only the first two divide.
    const path = /^\d+:[^:]*:(\/.*)$/.exec(line.trimEnd())?.[1];
    if (path === undefined) continue;
    for (const segment of path.split('/').reverse()) {
      const id = containerSegment.exec(segment)?.[1];
      if (id !== undefined && !found.includes(id)) found.push(id);
    }
  }
  return found;
}
