<?php
$OC_Version = array(28,0,4,1);
$OC_VersionString = '28.0.4';
$vendor = 'nextcloud';
