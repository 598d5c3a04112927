"""The papers people sign or read at one glance: Laporan Hasil Evaluasi and rapor."""
