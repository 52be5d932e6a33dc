package lab

// BootVolatile names what differs on a lab host after it has been on, although
// nobody changed anything: found by walking hosts of every profile, booting
// them, switching them off or cutting their power, and walking them again.
//
// /run, /tmp and /dev are not among them: on a running host they are file
// systems in memory, of which a walk from outside sees nothing.
func BootVolatile() []Exception {
	return []Exception{
		{"/var/log/", "journald, wtmp and every service write their logs as they start and stop"},
		{"/etc/alternatives/php-fpm.sock*", "php-fpm registers its socket with update-alternatives at every start"},
		{"/var/lib/dpkg/alternatives/php-fpm.sock*", "php-fpm registers its socket with update-alternatives at every start"},
		{"/var/lib/nginx/", "nginx makes its empty working directories at its first start"},
		{"/var/lib/mysql/", "MariaDB rewrites its own logs and table spaces whenever it starts and stops; it is the customer's data"},
		{"/var/lib/redis/", "Redis saves its data when it stops; it is the customer's data"},
		{"/var/tmp/systemd-private-*", "private temporary directories of services, left behind when the power was cut"},
	}
}
