//! The four catalogues (四个目录).
