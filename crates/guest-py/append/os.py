

# Appended by Selvage: files of a workspace have no modes, and programs that set them after copying mean no harm.
def chmod(path, mode, *, dir_fd=None, follow_symlinks=True):
    stat(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)
