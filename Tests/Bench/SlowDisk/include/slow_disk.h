#ifndef KAZASU_SLOW_DISK_H
#define KAZASU_SLOW_DISK_H

int fsync(int file);
int fdatasync(int file);

#endif
