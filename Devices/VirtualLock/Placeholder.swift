// VirtualLock
