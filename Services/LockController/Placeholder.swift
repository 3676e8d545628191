// LockController
