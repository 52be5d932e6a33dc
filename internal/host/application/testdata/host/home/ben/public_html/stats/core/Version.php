<?php
namespace Piwik;

final class Version
{
    public const VERSION = '5.0.2';
}
