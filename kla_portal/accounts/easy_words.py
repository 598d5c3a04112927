"""Words that people here put into a password first. Names of regions are not here: they are read from the tables."""

_WORDS = """
kla layak anak layakanak kabupatenlayakanak kotalayakanak kab kabupaten kota provinsi prov kecamatan kec desa
kelurahan kel nagari bupati walikota wali gubernur camat lurah sekda asisten kepala kadis kabid kasi staf
staff evaluasi evaluator evaluation penilaian mandiri verifikasi verifikator verifikasilapangan koordinator
petugas pimpinan operator admin administrator user pengguna akun tamu guest root super portal aplikasi sistem
server gugus tugas gugustugas forum forumanak perlindungan perlindungananak pemberdayaan perempuan kpppa
kemenpppa pppa kementerian ppa uptd puspaga dp3a dp3akb dp3ap2kb dppkb dp2kb p2tp2a dinas badan kantor
instansi pemda pemkab pemkot pemprov perangkat daerah opd skpd bappeda bapperida bappelitbangda baperlitbang
dpppa dpdpa dinsos dinsosp dinkes disdik disdikbud disdukcapil dukcapil diskominfo kominfo dispora dishub
disnaker disnakertrans dispar disperindag dispusip perpustakaan satpol satpolpp bpbd bkpsdm bkd dpmd dpmptsp
kemenag polres polda kejaksaan pengadilan rsud puskesmas posyandu paud sekolah kesehatan pendidikan sosial
kependudukan catatan sipil catatansipil tenaga kerja perhubungan lingkungan hidup lingkunganhidup predikat
pratama madya nindya utama inisiasi indonesia merdeka nusantara garuda pancasila negara republik nkri bhinneka
tunggal ika jaya raya maju sejahtera bersama bersatu hebat juara sukses bangkit berakhlak password passwd pass
sandi kata katasandi katakunci kunci rahasia passwordku sandiku masuk login qwerty qwertyuiop asdf asdfgh
asdfghjkl zxcvbn zxcvbnm abc abcd abcde abcdef aaa bbb xxx bismillah alhamdulillah allah allahuakbar
insyaallah assalamualaikum muhammad islam yesus sayang sayangku cinta cintaku kamu aku saya kita mama papa ibu
ayah bunda anakku keluarga istriku suamiku kekasih ganteng cantik manis bahagia selamat semangat terima kasih
terimakasih halo hai satu dua tiga empat lima januari februari maret april mei juni juli agustus september
oktober november desember senin selasa rabu kamis jumat sabtu minggu tahun persija persib arema persebaya bola
motor mobil honda yamaha supra vario beat demo test tes uji coba cobacoba contoh default ganti gantisaya baru
tidaktahu lupa
"""

EASY_WORDS = frozenset(_WORDS.split())
"""Small letters and numbers, three signs at least."""
