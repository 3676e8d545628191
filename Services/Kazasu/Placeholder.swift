// Kazasu
