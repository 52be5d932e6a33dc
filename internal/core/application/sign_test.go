package application_test

import (
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/application"
)

func TestSigns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		story, file, text, want string // want: name and version, "-" for another file, or a part of the error
	}{
		{"WordPress", "wp-includes/version.php", "<?php\n/**\n * @global string $wp_version = '1.0'\n */\n$wp_version = '6.4.2';\n$wp_db_version = 56657;", "wordpress 6.4.2"},
		{"a broken WordPress", "wp-includes/version.php", "<?php", "tells no version of WordPress"},
		{"TYPO3 12", "typo3/sysext/core/Classes/Information/Typo3Version.php", "<?php\nfinal class Typo3Version\n{\n    protected const VERSION = 'x';\n    public const VERSION = '12.4.10';\n    private const BRANCH = '12.4';", "typo3/cms-core 12.4.10"},
		{"TYPO3 8", "typo3/sysext/core/ext_emconf.php", "<?php\n$EM_CONF[$_EXTKEY] = [\n    'title' => 'TYPO3 Core',\n    'version' => '8.7.32',\n", "typo3/cms-core 8.7.32"},
		{"Nextcloud", "version.php", "<?php\n$OC_Version = array(28,0,4,1);\n$OC_VersionString = '28.0.4';\n$vendor = 'nextcloud';", "nextcloud 28.0.4"},
		{"ownCloud", "version.php", "<?php\n$OC_VersionString = '10.14.0';\n$vendor = 'owncloud';", "owncloud 10.14.0"},
		{"somebody's version.php", "version.php", "<?php\n$version = '1.0';", "-"},
		{"a vendor that nobody knows", "version.php", "<?php\n$OC_VersionString = '28.0.4 RC1';\n$vendor = 'evil';", "nextcloud 28.0.4 RC1"},
		{"Drupal 10", "core/lib/Drupal.php", "<?php\nclass Drupal {\n  const VERSION = '10.2.3';\n", "drupal 10.2.3"},
		{"Drupal 7", "includes/bootstrap.inc", "<?php\ndefine('VERSION', '7.98');", "drupal 7.98"},
		{"Joomla", "administrator/manifests/files/joomla.xml", `<?xml version="1.0"?><extension type="file"><name>files_joomla</name><version>5.0.2</version>`, "joomla 5.0.2"},
		{"phpMyAdmin 5.2", "libraries/classes/Version.php", "<?php\nnamespace PhpMyAdmin;\nfinal class Version\n{\n    public const VERSION = '5.2.1' . VERSION_SUFFIX;", "phpmyadmin 5.2.1"},
		{"phpMyAdmin 4.9", "libraries/classes/Config.php", "        $this->set('PMA_VERSION', '4.9.7');", "phpmyadmin 4.9.7"},
		{"Matomo", "core/Version.php", "<?php\nnamespace Piwik;\nfinal class Version\n{\n    public const VERSION = '5.0.2';", "matomo 5.0.2"},
		{"somebody's core/Version.php", "core/Version.php", "<?php\nnamespace Shop;\nclass Version { const VERSION = '1'; }", "-"},
		{"a version that is none", "wp-includes/version.php", "<?php\n$wp_version = '6.4<script>';", "letters, digits"},
	} {
		read := false
		for _, s := range application.Signs() {
			if s.File != c.file {
				continue
			}
			read = true
			f, is, err := s.Read([]byte(c.text))
			got := f.Name + " " + f.Version
			switch {
			case err != nil:
				got = err.Error()
			case !is:
				got = "-"
			}
			if err == nil && got != c.want || err != nil && !strings.Contains(got, c.want) {
				t.Errorf("%s: %q, not %q", c.story, got, c.want)
			}
		}
		if !read {
			t.Errorf("%s: nobody reads %s", c.story, c.file)
		}
	}
	if got := application.TYPO3Extension("indexed_search"); got != "typo3/cms-indexed-search" {
		t.Error(got)
	}
}

func TestPluginHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		story, folder, text, want string
	}{
		{"an ordinary one", "akismet", "<?php\n/**\n * Plugin Name: Akismet Anti-spam\n * Version: 5.3.1\n */", "Akismet Anti-spam 5.3.1"},
		{"in one line", "a", "<?php /* Plugin Name: A */\n// version: 2 ?>", "A 2"},
		{"line ends of an old Mac", "a", "<?php\r/*\rPlugin Name: A\rVersion: 1.2\r*/", "A 1.2"},
		{"another version stands first", "a", "<?php\n/*\nPlugin Name: A\nRequires PHP Version: 7.4\nVersion: 1.2\n*/", "A 1.2"},
		{"no main file", "a", "<?php\n$x = 'Plugin Name: A'; // Version: 1", "-"},
		{"no version", "a", "<?php\n/* Plugin Name: A */", "no version"},
		{"the header is out of reach", "a", "<?php\n" + strings.Repeat("//\n", 3000) + "/* Plugin Name: A\nVersion: 1 */", "-"},
		{"a folder that is no name", "a b\n", "/* Plugin Name: A\nVersion: 1 */", "characters that no plugin's name has"},
		{"a version with markup", "a", "/* Plugin Name: A\nVersion: <b>1</b> */", "letters, digits"},
		{"a title with control characters", "a", "/* Plugin Name: A\x1b[31m\nVersion: 1 */", "A\uFFFD[31m 1"},
	} {
		f, is, err := application.ReadPlugin(c.folder, []byte(c.text))
		got := f.Title + " " + f.Version
		switch {
		case err != nil:
			got = err.Error()
		case !is:
			got = "-"
		}
		if err == nil && got != c.want || err != nil && !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, not %q", c.story, got, c.want)
		}
	}
}

func FuzzTexts(f *testing.F) {
	f.Add([]byte("<?php\n$wp_version = '6.4.2';\n/* Plugin Name: A\nVersion: 1 */"))
	f.Add([]byte("    public const VERSION = '12.4.10';<version>5</version>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, s := range application.Signs() {
			if found, is, err := s.Read(text); is && err == nil && (!application.ValidVersion(found.Version) || !application.ValidName(found.Name)) {
				t.Errorf("%+v", found)
			}
		}
		if found, is, err := application.ReadPlugin("a", text); is && err == nil && (!application.ValidVersion(found.Version) || strings.ContainsAny(found.Title, "\n\x1b")) {
			t.Errorf("%+v", found)
		}
	})
}
